/** A part of the page. */
import { cell, table } from './markdown.ts'
import type { Provenance } from './result-schema.ts'
import type { Filed } from './results.ts'

export interface PageDrawing {
  /** Name of the SVG file, beside the others. */
  readonly file: string
  readonly svg: string
  /** What a reader is told who does not see it. */
  readonly says: string
}

export interface Section {
  readonly lines: readonly string[]
  readonly drawings: readonly PageDrawing[]
}

const DRAWINGS_FOLDER = 'performance'

/** An image in the page, with its file. */
export function shown(drawing: PageDrawing): Section {
  return { lines: [`![${cell(drawing.says)}](${DRAWINGS_FOLDER}/${drawing.file})`, ''], drawings: [drawing] }
}

export function text(...lines: readonly string[]): Section {
  return { lines: lines.length === 0 ? [] : [...lines, ''], drawings: [] }
}

export function joined(...sections: readonly Section[]): Section {
  return {
    lines: sections.flatMap(({ lines }) => lines),
    drawings: sections.flatMap(({ drawings }) => drawings),
  }
}

export const NOTHING: Section = { lines: [], drawings: [] }

/** Which machine and which state of the sources, one row a file. */
export function provenanceTable(files: readonly Filed<Provenance>[]): readonly string[] {
  const rows = [...files]
    .sort((one, other) => (one.file < other.file ? -1 : 1))
    .map(({ file, result }) => [
      file,
      result.at.slice(0, 16).replace('T', ' '),
      `${result.commit}${result.uncommittedSources ? ', sources changed' : ''}`,
      `${result.cores} × ${result.cpu}`,
      `${(result.memoryMb / 1024).toFixed(0)} GB`,
      result.kernel,
      result.node,
    ])
  return table(['file in bench/results', 'UTC', 'commit', 'processor', 'memory', 'Linux', 'Node'], rows)
}
