# The image of Rollcall: Node, the production packages and the sources, which run as they are. The database is a PostgreSQL
# elsewhere (DATABASE_URL): the one that Rollcall can bring along is not in it. docs/guide/running.md says how to use it.

FROM node:24-bookworm-slim AS packages
WORKDIR /opt/rollcall
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    ROLLCALL_HOST=0.0.0.0 \
    ROLLCALL_PORT=8080 \
    ROLLCALL_CONFIG=/etc/rollcall/rollcall.yaml \
    ROLLCALL_DATA=/var/lib/rollcall
WORKDIR /opt/rollcall
# Owned by root and not writable for whoever runs it; the root file system may be read-only.
COPY --from=packages /opt/rollcall/node_modules ./node_modules
COPY package.json LICENSE NOTICE ./
COPY src ./src
# Only a key file that Rollcall makes itself lives there; none is made where ROLLCALL_KEY or ROLLCALL_KEY_FILE is set.
RUN install -d -o node -g node -m 0700 /var/lib/rollcall
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "const {env}=process;require(env.ROLLCALL_TLS_CERT?'https':'http').get({host:'127.0.0.1',port:env.ROLLCALL_PORT,path:'/readyz',rejectUnauthorized:false},r=>process.exit(r.statusCode===200?0:1)).on('error',()=>process.exit(1))"]
# Node itself is the first process, so that SIGTERM reaches it.
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=30", "src/main.ts", "serve"]
