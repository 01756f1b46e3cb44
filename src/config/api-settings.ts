import { setting } from './setting-meta.ts'
import { bindHost, bindPort, pathText, switchText, webOrigins } from './value-types.ts'

/** Settings of what is served over HTTP. */
export const apiSettings = {
  apiAddress: setting(bindHost.default('127.0.0.1'), {
    group: 'API',
    placeholder: 'IP',
    description: 'Address of the HTTP API. Anything but loopback needs api-token-file.',
  }),
  apiPort: setting(bindPort().default(5052), {
    group: 'API',
    placeholder: 'PORT',
    description: 'Port of the HTTP API; 0 lets the system choose.',
  }),
  apiTokenFile: setting(pathText.optional(), {
    group: 'API',
    placeholder: 'FILE',
    defaultText: 'none',
    description: 'File with the bearer token that API requests must carry: 16 or more characters, none of them blank.',
  }),
  corsOrigin: setting(webOrigins().default([]), {
    group: 'API',
    kind: 'list',
    placeholder: 'ORIGIN',
    description: 'Web origins whose pages may read the API.',
  }),
  metrics: setting(switchText.default(true), {
    group: 'API',
    kind: 'switch',
    description: 'Serve metrics at /metrics, for Prometheus; with api-token-file to bearers of the token only.',
  }),
  metricsPort: setting(bindPort().optional(), {
    group: 'API',
    placeholder: 'PORT',
    defaultText: "the API's",
    description:
      "Port of /metrics, on the API's address and by its token, in place of the API's; 0 lets the system choose.",
  }),
}
