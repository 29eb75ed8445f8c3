# docs/containers.md says how to build, pin and run this.
#   docker build --tag cagebridge .                            the bridge, for production
#   docker build --target sandbox --tag cagebridge-sandbox .   the bank and PSP that misbehave on request
ARG NODE_IMAGE=node:24.21.0-slim

# What runs: everything that both targets have in common.
FROM ${NODE_IMAGE} AS base
# Node alone is needed at run time. 10001 is nobody's: it needs no name.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn* \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/cagebridge
WORKDIR /opt/cagebridge
ENV NODE_ENV=production \
    CAGEBRIDGE_HOME=/var/lib/cagebridge
VOLUME ["/var/lib/cagebridge"]
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/opt/cagebridge/bin/cagebridge.js"]

# Only what is pinned in the lockfile, and none of its scripts is run (.npmrc). The optional packages bring Node 24 to
# machines that have an older one: not here.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /opt/cagebridge
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --no-update-notifier

FROM ${NODE_IMAGE} AS code
WORKDIR /opt/cagebridge
COPY package.json ./
COPY bin/ bin/
COPY config/ config/
COPY openapi/ openapi/
COPY wsdl/ wsdl/
COPY xsd/ xsd/
COPY src/ src/
# Whatever the umask of who checked it out.
RUN chmod -R u+rwX,go+rX,go-w .

# No sandbox and nothing for development in production: `cagebridge sandbox` and `cagebridge demo` do not exist there.
FROM code AS production-code
RUN rm -r src/sandbox src/cli/sandbox.ts src/cli/development.ts src/cli/demo*.ts config/development.json

FROM base AS sandbox
LABEL org.opencontainers.image.title="cagebridge-sandbox" \
      org.opencontainers.image.description="A bank and a payment provider that misbehave on request, for trying Cagebridge"
COPY --from=dependencies /opt/cagebridge/node_modules/ node_modules/
COPY --from=code /opt/cagebridge/ ./
ENV CAGEBRIDGE_DEV=1
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:8455/sandbox/effects').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["sandbox"]

# The last stage is what `docker build .` makes.
FROM base AS production
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cagebridge" \
      org.opencontainers.image.description="The bridge between banks and payment providers and a casino's core" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=dependencies /opt/cagebridge/node_modules/ node_modules/
COPY --from=production-code /opt/cagebridge/ ./
ENV CAGEBRIDGE_CONFIG=/etc/cagebridge/cagebridge.json
EXPOSE 8443 8444 8080
# Whether the process serves; whether it can work is /ready, for whoever sends it calls.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "/opt/cagebridge/bin/cagebridge.js", "health"]
CMD ["serve"]
