/**
 * Options of calls to softphones (WebRTC). A call is signalled over the streams of users: propose, proceed,
 * session-initiate, session-accept, terminate. No media flows.
 * @public
 */
export interface CallOptions {
  /**
   * Calls that the simulator starts by itself, per second. Each goes to the next signed-in softphone without a call, in
   * turn.
   *
   * @defaultValue 0
   */
  perSecond?: number;
  /**
   * Time after which a call that nobody accepts is withdrawn, ms.
   *
   * @defaultValue 20_000 (assumed)
   */
  ringMs?: number;
  /**
   * Time from the acceptance of a call until the platform ends it, ms.
   *
   * @defaultValue 60_000 (assumed)
   */
  talkMs?: number;
  /**
   * Asks the softphone to accept calls by itself.
   *
   * @defaultValue false
   */
  autoAnswer?: boolean;
  /**
   * Form of the session. `jingle`: `session-initiate` and `session-accept` of XEP-0166. `sdp`: offer and answer as SDP in
   * `genesys-webrtc` elements. The vendor's client supports both and follows the proposal.
   *
   * @defaultValue 'jingle' (no source says which form the platform prefers)
   */
  signalling?: 'jingle' | 'sdp';
}

export const CALL_DEFAULTS: Required<CallOptions> = {
  perSecond: 0,
  ringMs: 20_000,
  talkMs: 60_000,
  autoAnswer: false,
  signalling: 'jingle',
};
