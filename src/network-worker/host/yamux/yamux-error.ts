/** The other side broke the protocol: it is told so (go away, code 1) and the connection ends. */
export class YamuxProtocolError extends Error {
  override readonly name = 'YamuxProtocolError'
}
