/**
 * The file a thread or child process starts from, named relative to the caller and without its extension: `.ts` when
 * the caller runs from source, `.js` when it runs from the build, so that both start what was built with them.
 * @param importMetaUrl the caller's `import.meta.url`
 * @param pathWithoutExtension for example `../network-worker/main`
 * @throws Error when the caller itself has neither extension
 */
export function siblingUrl(importMetaUrl: string, pathWithoutExtension: string): URL {
  const extension = /\.[jt]s$/.exec(new URL(importMetaUrl).pathname)?.[0]
  if (extension === undefined) throw new Error(`neither a .ts nor a .js module: ${importMetaUrl}`)
  return new URL(`${pathWithoutExtension}${extension}`, importMetaUrl)
}
