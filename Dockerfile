# The three commands in one image: engine, ingest and models. Needs a connected machine: base images and packages come from their registries.
#   docker build -t engine .
#   docker run --rm engine --help              the engine
#   docker run --rm --entrypoint /app/out/ingest engine --help
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY engine engine
COPY ingest ingest
COPY models models
# What a build on the host left behind names the host's folders.
RUN find . -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
RUN for app in engine/App/Engine.App.csproj ingest/Ingest.csproj models/Training/Models.Training.csproj; do \
      dotnet publish "$app" -c Release -o /app/out/lib --nologo -v quiet -clp:ErrorsOnly || exit 1; \
    done \
 && for name in engine ingest models; do ln -s "lib/$name" "/app/out/$name"; done

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# librdkafka comes with its package, under out/lib/runtimes. Of its builds there the one that needs no libsasl2 is loaded, as the base
# image has none; Kerberos (SASL GSSAPI) would need `apt-get install libsasl2-2`.
COPY --from=build /app/out /app/out
# Beside one another as in the checkout: engine.yaml names ../models/Artifacts.
COPY configs /app/configs
COPY models/Artifacts /app/models/Artifacts
WORKDIR /app
# For tokens, in a volume: a new one takes its owner and mode from here.
RUN mkdir -m 700 /app/secrets && chown $APP_UID /app/secrets
USER $APP_UID
EXPOSE 8080 8081
ENTRYPOINT ["/app/out/engine"]
CMD ["--help"]
