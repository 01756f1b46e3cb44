import { Router } from 'express'
import { AS_IT_IS } from '../json-answer.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import { openApiDocument } from '../openapi/document.ts'

/** `GET /openapi.json`: every operation of this API, as OpenAPI 3.1; `/metrics` is one where it is served. */
export function openApiRoutes(served: { readonly hasMetrics: boolean }): Router {
  const router = Router({ caseSensitive: true })
  const document = openApiDocument(served)
  router
    .route('/openapi.json')
    .get((_request, response) => void AS_IT_IS.send(response, document))
    .all(refuseOtherMethods('GET', 'HEAD'))
  return router
}
