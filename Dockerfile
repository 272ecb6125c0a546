# syntax=docker/dockerfile:1
# The server as an image without a shell, for a user that is not root and a root file system that is read-only:
#   docker build -t REGISTRY/xds-canary:TAG .
# For another platform: docker buildx build --platform linux/arm64 ...
ARG DOTNET_VERSION=10.0

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION} AS build
# BuildKit sets it to the platform's; a default written here would win over that, and every image would hold amd64's programs.
ARG TARGETARCH
RUN : "${TARGETARCH:?is empty: build with BuildKit, or with --build-arg TARGETARCH=amd64}"
# npm fetches the .proto files of the Envoy API, pinned by protos/package-lock.json.
RUN apt-get update \
 && apt-get install -y --no-install-recommends npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# What decides over packages comes first: a change of the code alone fetches none again.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY eng/BannedSymbols.txt eng/
COPY protos/ protos/
COPY src/CanaryEngine/CanaryEngine.csproj src/CanaryEngine/
COPY src/DemoProxy/DemoProxy.csproj src/DemoProxy/
COPY src/KubeRuntime/KubeRuntime.csproj src/KubeRuntime/
COPY src/LoadTester/LoadTester.csproj src/LoadTester/
COPY src/XdsServer/XdsServer.csproj src/XdsServer/
RUN case "$TARGETARCH" in amd64) arch=x64 ;; *) arch="$TARGETARCH" ;; esac \
 && dotnet restore src/XdsServer -r "linux-$arch"
COPY src/ src/
RUN case "$TARGETARCH" in amd64) arch=x64 ;; *) arch="$TARGETARCH" ;; esac \
 && dotnet publish src/XdsServer -c Release -r "linux-$arch" --self-contained false --no-restore -o /app

# Chiseled: .NET and what it needs, no shell and no package manager. Its user app is 1654.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_VERSION}-noble-chiseled AS runtime
LABEL org.opencontainers.image.title="XdsCanary" \
      org.opencontainers.image.description="An Envoy xDS control plane with a built-in canary engine" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=build /app ./
# Without the socket for debuggers nothing is written outside of mounted volumes.
ENV DOTNET_EnableDiagnostics=0
# 18000 for Envoys, 8080 for people and probes.
EXPOSE 18000 8080
USER 1654:1654
ENTRYPOINT ["/app/xds-canary"]
CMD ["serve"]
