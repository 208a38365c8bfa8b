# The service and the command in one image. PostgreSQL is elsewhere: see docker-compose.yml.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
# Dependencies change less often than sources, so they have a layer of their own.
RUN swift package resolve
COPY . .
RUN swift build -c release --product runledger --static-swift-stdlib \
    && strip --strip-unneeded "$(swift build -c release --static-swift-stdlib --show-bin-path)/runledger" \
    && install -D "$(swift build -c release --static-swift-stdlib --show-bin-path)/runledger" /out/runledger

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libpq5 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /nonexistent --shell /usr/sbin/nologin runledger
COPY --from=build /out/runledger /usr/local/bin/runledger
USER 10001:10001
EXPOSE 8080
# Bash speaks TCP, so that the image needs no client for its health check.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["runledger"]
CMD ["serve", "--host", "0.0.0.0"]
