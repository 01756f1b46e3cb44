/** Text of SVG elements. No scripts, no fonts from elsewhere, a white ground: the same in a light and in a dark page. */

/** Text that may stand in an element or in an attribute. Control characters, which XML forbids, become spaces. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get in
  const allowed = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ').toWellFormed()
  return allowed.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A coordinate; a tenth of a unit is finer than a screen. */
export function at(value: number): string {
  return value.toFixed(1)
}

export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly className?: string
}

export function textAt(x: number, y: number, content: string, { anchor, className }: TextStyle = {}): string {
  const attributes = [
    className === undefined ? '' : ` class="${className}"`,
    anchor === undefined || anchor === 'start' ? '' : ` text-anchor="${anchor}"`,
  ]
  return `<text x="${at(x)}" y="${at(y)}"${attributes.join('')}>${escapeXml(content)}</text>`
}

export function strokePath(className: string, path: string, colour?: string): string {
  return `<path class="${className}"${colour === undefined ? '' : ` stroke="${colour}"`} d="${path}"/>`
}

const STYLE = [
  'text{fill:#444}',
  '.title{font-size:13px;font-weight:bold;fill:#222}',
  '.heading{font-size:15px;font-weight:bold;fill:#222}',
  '.grid{stroke:#ddd;fill:none}',
  '.limit{stroke:#222;fill:none;stroke-dasharray:5 4}',
  '.line{fill:none;stroke-width:2;stroke-linejoin:round}',
  '.whisker{fill:none;stroke-width:1.4}',
  '.inked{stroke:#222}',
  '.range{fill:none;stroke-width:3}',
  '.band{fill:#7aa6c2;opacity:.25}',
].join('')

/** A whole document. `heading` is also what a reader without eyes for it is told. */
export function svgDocument(width: number, height: number, heading: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="11">`,
    `<title>${escapeXml(heading)}</title>`,
    `<style>${STYLE}</style>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...parts,
    '</svg>\n',
  ].join('\n')
}
