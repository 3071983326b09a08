/**
 * What an id of this server looks like: a UUID in lower case.
 * Decides whether a text can be one; must not know whose it is. Any other text is the id of nobody.
 */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const isId = (text: string): boolean => UUID.test(text)
