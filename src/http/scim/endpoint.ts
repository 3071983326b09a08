/**
 * What a resource type does behind its routes: the port between the SCIM protocol and the use-cases.
 * Decides the shape only, so that routes, searches and bulk requests treat every resource type alike.
 */
import type { Caller } from '../../operations/context.ts'
import type { Projection } from '../../scim/projection.ts'
import type { Reading } from '../../scim/quirks.ts'
import type { ResourceType } from '../../scim/schema/resource-type.ts'
import type { ListRequest, ListSource, Position } from '../../store/views/resource-list.ts'

/** One request for one resource type, whoever asks and however it came. */
export interface Call {
  readonly caller: Caller
  /** With the extensions of the caller's tenant. */
  readonly type: ResourceType
  /** What `meta.location` begins with, without a slash at the end. */
  readonly baseUrl: string
  readonly reading: Reading
  /** Documents hold nothing but what is shown by default: see scim/as-kept.ts. */
  readonly asKept: boolean
  /** Throws 412 where the resource is not the one the client knows. To be called with what the change is made from. */
  readonly check: (current: { readonly version: number }) => void
}

export interface ResourceView {
  readonly id: string
  readonly version: number
  /** The entity tag of what is shown; without it, that of the version alone. */
  readonly tag?: (projection: Projection | undefined) => Promise<string>
  /** What is shown after a write where no attributes are asked for; undefined: what is returned by default. */
  readonly written?: Projection | undefined
  /** The text, if it is held ready. */
  readonly ready?: (projection: Projection | undefined) => Promise<Buffer | undefined>
  /** The resource as JSON, cut to the projection; in pieces where it may be large. */
  readonly text: (projection: Projection | undefined) => string | AsyncGenerator<string, void>
}

export interface ViewPage {
  readonly total: number
  readonly resources: readonly ResourceView[]
  readonly next: Position | undefined
}

/** All of them throw ScimError for what the client has to hear; 404 where there is no such resource. */
export interface Endpoint {
  readonly kind: ResourceType['name']
  /** What a PATCH answers where no attributes are asked for: the resource, or nothing. RFC 7644 section 3.5.2 allows both. */
  readonly patchAnswers: 'resource' | 'nothing'
  create(call: Call, body: unknown): Promise<ResourceView>
  read(call: Call, id: string): Promise<ResourceView>
  /** Where they are, for lists over several types. */
  source(call: Call): ListSource
  list(call: Call, request: ListRequest & { readonly projection: Projection | undefined }): Promise<ViewPage>
  replace(call: Call, change: { readonly id: string; readonly body: unknown }): Promise<ResourceView>
  patch(call: Call, change: { readonly id: string; readonly body: unknown }): Promise<ResourceView>
  remove(call: Call, id: string): Promise<void>
}
