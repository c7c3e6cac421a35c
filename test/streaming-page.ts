export { holdlineOf, release } from '@holdline/core';
export { guardStreaming, guardWebrtc, handshakesOn } from '@holdline/genesys-streaming';
