# Builds the service from this repository, and runs it as a user without rights on a root that is not written: docker build -t acquireinfra-enrichment .
# Tags are exact; digests are for whoever builds to pin.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0.401-noble
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled

FROM --platform=$BUILDPLATFORM ${SDK} AS build
ARG TARGETARCH
WORKDIR /source
# What restores first, so that a change of code does not restore again.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/BannedSymbols.txt src/
COPY src/AcquireInfra.Enrichment/*.csproj src/AcquireInfra.Enrichment/packages.lock.json src/AcquireInfra.Enrichment/
COPY src/AcquireInfra.Enrichment.Feeds/*.csproj src/AcquireInfra.Enrichment.Feeds/packages.lock.json src/AcquireInfra.Enrichment.Feeds/
COPY src/AcquireInfra.Enrichment.Sentinel/*.csproj src/AcquireInfra.Enrichment.Sentinel/packages.lock.json src/AcquireInfra.Enrichment.Sentinel/
COPY src/AcquireInfra.Enrichment.Service/*.csproj src/AcquireInfra.Enrichment.Service/packages.lock.json src/AcquireInfra.Enrichment.Service/
RUN dotnet restore src/AcquireInfra.Enrichment.Service --locked-mode
COPY proto proto
COPY data data
COPY src src
RUN dotnet publish src/AcquireInfra.Enrichment.Service -c Release --no-restore --self-contained false \
      -r "linux-$([ "$TARGETARCH" = arm64 ] && echo arm64 || echo x64)" -o /app \
    && mkdir /state

FROM ${RUNTIME}
COPY --from=build /app /app
COPY --from=build --chown=$APP_UID:$APP_UID /state /state
# The service's own ports; 9090 is for health and metrics, and stays inside.
ENV Enrichment__StateFolder=/state \
    Kestrel__Endpoints__Rest__Url=http://0.0.0.0:8080 \
    Kestrel__Endpoints__Grpc__Url=http://0.0.0.0:8081 \
    DOTNET_EnableDiagnostics=0
USER $APP_UID
VOLUME /state
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/app/AcquireInfra.Enrichment.Service", "--healthcheck", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["/app/AcquireInfra.Enrichment.Service"]
