/** The body of an answer of the SDK, which `setReturnExtendedResponses(true)` wraps with status and headers. */
export function answerBody(answer: unknown): unknown {
  const isExtended = typeof answer === 'object' && answer !== null && 'statusText' in answer && 'body' in answer;
  return isExtended ? answer.body : answer;
}
