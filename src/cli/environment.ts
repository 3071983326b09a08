/**
 * The environment variables of the commands, declared once for the code, --help and the guide.
 * Decides names and defaults; the server's own are in config/settings.ts.
 */

export const COMMAND_SETTINGS = {
  url: { env: 'ROLLCALL_URL', default: 'http://127.0.0.1:8080', about: 'The server that commands talk to.' },
  apiKey: {
    env: 'ROLLCALL_API_KEY',
    about: 'The API key they sign in with: one that rollcall.yaml declares under apiKeys.',
  },
  noColor: { env: 'NO_COLOR', about: 'Any value: no colours (https://no-color.org).' },
} as const
