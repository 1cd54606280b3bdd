// The two channels between preload and main. A request crosses as JSON text, so that its size is known before anything
// is parsed and only plain data can arrive.
export const requestChannel = 'enginebench:request'
export const eventChannel = 'enginebench:event'

/** Far above any real request (a plan is a few kilobytes). In characters of JSON text. */
export const maximumRequestLength = 1024 * 1024

/** Names of requests and events: nothing else passes the preload. */
export const namePattern = /^[a-z-]+:[a-z-]+$/
