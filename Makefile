# make run    plays a labelled stream through ingest, Kafka, the engine and Redis (KEEP=1 stays up, DATA=dir plays real data)
# make test   runs all tests
# make chaos  plays faults against engines, three brokers and a Redis (KAFKA_TOOL=script; SECONDS=300 SEED=7 REDIS=server, cluster or sentinel, BROKERS=1; WITHOUT=guard, marks or fencing for engines without it) and checks every result
# make fuzz   gives hostile input to everything that reads bytes from outside (INPUTS=20000000 SEED=1; TARGET=name FIRST=number for some of it)
#             ENGINE=200000 gives so many hostile records to a running engine instead, on a real broker (KAFKA_TOOL=script)
# make bench  measures the engine on a real broker and Redis (KAFKA_TOOL=script; PEERS=dir beside peers; QUICK=1), then each stage
#             WHAT=takeover, hostile, soak, tail, links, pictures, notices or console measures that instead (CLICKS=10000000; SOAK_MINUTES=30 RATE=100000)
# make format mends formatting and unneeded usings, which break the build
# make build  leaves out/engine, out/ingest and out/models
# make train DATA=dir     makes the cursor artefact and its card of the data below dir (OUT=file for another place)
# make evaluate DATA=dir  reports what models are worth on what they didn't see: out/evaluation, or OUT=dir (QUICK=1)
# make audit              lists the packages in out/sbom.json, and fails if one has a known vulnerability
SHELL := /bin/bash
CONFIGURATION ?= Release
# engine and ingest are compiled ahead (ReadyToRun), which takes a quarter of a second off a start; where its compiler isn't to be had, they aren't
AHEAD := engine/App/Engine.App.csproj ingest/Ingest.csproj
PUBLISH = dotnet publish -c $(CONFIGURATION) -o out/lib --nologo -v quiet -clp:ErrorsOnly
TESTS := Text Conditions Pipeline Workflows Models Ingest Fuzz Integration Architecture

# one compiler serves all projects of a build, which takes a third of the time; it is this build's own and ends with it
export UseSharedCompilation := true
export SharedCompilationId := engine-$(shell echo $$$$)
END_COMPILER := pkill -f -- '-pipename:[e]$(SharedCompilationId:e%=%)' || true

.PHONY: build run test chaos fuzz bench train evaluate audit format clean

build:
	@[ -d out/lib ] || echo "make: building; the first time takes some minutes"
	@dotnet tool restore >/dev/null || echo "make: the tools of .config/dotnet-tools.json didn't restore; a redis-server on the path serves as well" >&2
	@mkdir -p out/lib
	@$(PUBLISH) models/Training/Models.Training.csproj
	@for app in $(AHEAD); do $(PUBLISH) $$app -p:PublishReadyToRun=true || $(PUBLISH) $$app || exit 1; done
	@for name in engine ingest models; do ln -sfn lib/$$name out/$$name; done
	@$(if $(filter test,$(MAKECMDGOALS)),:,$(END_COMPILER))

run: build
	@out/engine demo $(if $(DATA),--data $(DATA)) $(if $(KEEP),--keep)

test: build
	@PROGRAMS=out/lib tests/run $(TESTS); status=$$?; $(END_COMPILER); exit $$status

chaos: build
	@dotnet build tests/Integration.Tests -c Release --nologo -v quiet -clp:ErrorsOnly
	@CHAOS_SECONDS=$(or $(SECONDS),300) CHAOS_SEED=$(or $(SEED),7) CHAOS_REDIS=$(or $(REDIS),any) CHAOS_BROKERS=$(or $(BROKERS),3) CHAOS_WITHOUT=$(WITHOUT) dotnet tests/Integration.Tests/bin/Release/net10.0/Integration.Tests.dll -class Integration.Tests.Chaos.ChaosTests -diagnostics

fuzz:
	@dotnet build tests/Fuzz.Tests -c Release --nologo -v quiet -clp:ErrorsOnly
ifdef ENGINE
	@FUZZ_ENGINE=$(ENGINE) FUZZ_SEED=$(or $(SEED),1) dotnet tests/Fuzz.Tests/bin/Release/net10.0/Fuzz.Tests.dll -class Fuzz.Tests.WholeEngine.WholeEngineTests
else
	@FUZZ_INPUTS=$(or $(INPUTS),20000000) FUZZ_SEED=$(or $(SEED),1) FUZZ_TARGET=$(TARGET) FUZZ_FIRST=$(or $(FIRST),0) dotnet tests/Fuzz.Tests/bin/Release/net10.0/Fuzz.Tests.dll -class Fuzz.Tests.FuzzTests
endif

bench: build
	@dotnet build bench/EndToEnd -c Release --nologo -v quiet -clp:ErrorsOnly
	@$(if $(PEERS),PEERS=$(abspath $(PEERS))) $(if $(QUICK),QUICK=$(QUICK)) dotnet bench/EndToEnd/bin/Release/net10.0/Bench.EndToEnd.dll $(WHAT)
ifndef WHAT
	@dotnet build bench/Micro -c Release --nologo -v quiet -clp:ErrorsOnly
	@$(if $(QUICK),dotnet bench/Micro/bin/Release/net10.0/Bench.Micro.dll profile,cd bench/Micro && dotnet bin/Release/net10.0/Bench.Micro.dll --filter '*' --join)
endif

# clicks with labels, where the data holds them; QUICK leaves them out
CLICKS = $(if $(QUICK),,$(wildcard $(DATA)/clicks/iflytek.clicks.jsonl.gz))
LABELS = $(wildcard $(DATA)/clicks/iflytek.tsv.gz)

train evaluate:
	@: $(or $(DATA),$(error make $@ needs DATA=dir, a folder that holds paths/*.jsonl.gz))
	@mkdir -p out/lib
	@$(PUBLISH) models/Training/Models.Training.csproj
	@ln -sfn lib/models out/models
	@out/models $@ --data $(DATA) --out $(or $(OUT),$(if $(filter train,$@),models/Artifacts/cursor.artefact,out/evaluation)) $(if $(filter evaluate,$@),$(if $(QUICK),--quick))
	@$(if $(filter evaluate,$@),$(if $(and $(CLICKS),$(LABELS)),out/models evaluate-clicks --clicks $(CLICKS) --labels $(LABELS) --out $(or $(OUT),out/evaluation)/clicks.md))

audit:
	@[ -x out/tools/dotnet-CycloneDX ] || dotnet tool install cyclonedx --version 6.3.1 --tool-path out/tools >/dev/null
	@dotnet restore Engine.sln -v quiet
	@out/tools/dotnet-CycloneDX Engine.sln -o out -fn sbom.json -F Json -t -dpr -sn engine >/dev/null
	@echo "audit: out/sbom.json lists the packages, in the format of CycloneDX"
	@dotnet list Engine.sln package --vulnerable --include-transitive >out/vulnerable.txt
	@if grep '^ *>' out/vulnerable.txt; then echo "audit: these packages have known vulnerabilities" >&2; exit 1; else echo "audit: no package has a known vulnerability"; fi

format:
	@dotnet restore Engine.sln --verbosity quiet
	@dotnet format Engine.sln --no-restore

clean:
	@rm -rf out
	@find . -name bin -o -name obj | grep -v '^./out' | xargs rm -rf
