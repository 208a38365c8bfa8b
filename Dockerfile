# The service and the command in one image. PostgreSQL is elsewhere: see docker-compose.yml.

FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY script ./script
RUN script/setup --build && rm -rf /var/lib/apt/lists/*
COPY Package.swift ./
# Dependencies change less often than sources, so they have a layer of their own.
RUN swift package --scratch-path .build-static resolve
COPY . .
RUN script/release /out

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libpq5 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 runledger \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin runledger
COPY --from=build /out/runledger /usr/local/bin/runledger
USER 10001:10001
EXPOSE 8080
# Bash speaks TCP, so that the image needs no client for its health check.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["runledger"]
CMD ["serve", "--host", "0.0.0.0"]
