import { SETTING_GROUPS } from './setting-meta.ts'
import { SETTINGS, type Setting, variableOf } from './setting-names.ts'
import { defaultText, flagSyntax } from './setting-text.ts'

const HEAD = `# Configuration

<!-- Written by src/config/config-doc.ts from src/config/schema.ts; a test compares. Do not edit by hand. -->

Every setting has three names, all made from one: the flag \`--target-peers 80\` (or \`--target-peers=80\`), the
environment variable \`STARLING_TARGET_PEERS=80\`, and the key \`target-peers: 80\` in the YAML file that \`--config\` or
\`STARLING_CONFIG\` names. A flag beats the environment, the environment beats the file, the file beats the default.

- A wrong configuration stops the start with exit code 2, and every mistake is named at once, with its source.
- A switch such as \`--quic\` has a second form \`--no-quic\`, in all three places. \`--quic=false\` means the same.
- A setting marked † is a list: repeat the flag, or split by commas; in the file, a YAML list serves too. A list from a
  stronger source replaces the whole list of a weaker one. \`--bootnodes=\` is the empty list.
- Any other flag may be given once only.
- Peers are ENRs with an address over TCP or QUIC, or multiaddrs such as \`/ip4/192.0.2.1/tcp/9000/p2p/16Uiu2HA…\`, with the
  peer id at the end. One that cannot be decoded is a mistake like any other.
- Empty variables count as absent. Unknown flags and unknown keys of the file are errors; unknown variables are not.
- Relative paths, those in the file too, start from the working directory.
- \`--network\` and \`--network-dir\` exclude each other, wherever they are given. The genesis flags override either.
- \`--listen-address 0.0.0.0,::\` listens on IPv4 and IPv6; in the file \`listen-address: [0.0.0.0, "::"]\`, with quotes.
  \`::\` alone is IPv6 alone.
- QUIC and discovery are both UDP: with both on, \`port\` and \`quic-port\` differ.
- All peers on QUIC share one socket, for which Linux has 208 kB unasked, less than a burst of blocks. The relay asks for 4 MiB, and says so where it
  gets less: \`sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304\` before it starts lets it, and a relay with
  CAP_NET_ADMIN needs no leave. What is lost is sent again, late; \`starling_peers_quic_dropped_datagrams_total\` counts it.
- Kubernetes sets \`STARLING_PORT\` in every pod beside a service called \`starling\`. Set \`enableServiceLinks: false\` in
  the pod, or give the service another name.
`

const EXAMPLE = `## Example file

\`\`\`yaml
network: hoodi
data-dir: /var/lib/starling
network-load: 8
quic: false
topics: [beacon_block, beacon_aggregate_and_proof]
api-address: 0.0.0.0
api-token-file: /etc/starling/api-token
\`\`\`
`

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function variableCell({ flag, meta }: Setting): string {
  return meta.notFrom?.includes('environment') ? '–' : `\`${variableOf(flag)}\``
}

function row(setting: Setting): string {
  const { meta } = setting
  const flag = `\`${cell(flagSyntax(setting))}\`${meta.kind === 'list' ? ' †' : ''}`
  return `| ${flag} | ${variableCell(setting)} | ${cell(defaultText(setting) ?? '–')} | ${cell(meta.description)} |`
}

/** The page docs/operators/config.md, from the schema. */
export function configDoc(): string {
  const tables = SETTING_GROUPS.map((group) => {
    const rows = SETTINGS.filter(({ meta }) => meta.group === group).map(row)
    return `## ${group}\n\n| flag | variable | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return [HEAD, ...tables, EXAMPLE].join('\n')
}
