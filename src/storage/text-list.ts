/**
 * The texts of a JSON array in a column. Such lists are only an aid, for dialling or for matching addresses: what
 * cannot be read counts as none.
 */
export function readTextList(json: unknown): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(String(json))
    return Array.isArray(parsed) ? parsed.filter((item) => typeof item === 'string') : []
  } catch {
    return []
  }
}
