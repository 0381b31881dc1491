using System.Text;
using Engine.Client;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Consume.Rescore;
using Engine.WebConsole.Clicks;

namespace Engine.App.Explain;

/// <summary>What <c>engine path</c> and <c>engine audit</c> tell, for the console of a running engine.</summary>
internal sealed class ClickProofs(EngineContext context) : IClickProofs
{
    public Task<string> DrawPathAsync(Verdict verdict, CancellationToken cancel) =>
        ProvenAsync(async () =>
            (
                await PathDrawing
                    .DrawAsync(
                        context.Redis.Redis.GetDatabase(),
                        context.Keys.Prefix,
                        context.Consume.Kafka,
                        verdict,
                        cancel
                    )
                    .ConfigureAwait(false)
            ).Svg
        );

    public Task<AuditResult> AuditAsync(string click, byte[] given, CancellationToken cancel) =>
        ProvenAsync(() => Task.Run(() => Audit(click, given, cancel), cancel));

    private AuditResult Audit(string click, byte[] given, CancellationToken cancel)
    {
        if (VerdictLookup.Read(click, given).At is not { } at)
        {
            throw new NoProofException("The verdict doesn't say where the click lies in the log.");
        }

        LogPlace place = ClickPlaces.Parse(at);
        using var search = new ClickSearch(context.Consume.Kafka);
        FoundClick found = search.At(place.Partition, place.Offset, click)
            ?? throw new NoProofException($"The click is not at {at}: the log no longer has it (retention).");
        AuditFinding audit = new ClickAudit(
            context.Consume.Kafka,
            context.Keys,
            context.Hash,
            context.Timeline,
            context.Limits,
            context.Clock
        ).Run(found, given, cancel);
        bool isEqual = GivenVerdict.Matches(click, given, audit);
        return new AuditResult(
            audit.Reproduced == null ? null : Encoding.UTF8.GetString(audit.Reproduced),
            isEqual,
            audit.Records,
            isEqual ? [] : [.. AuditDifferences.Between(given, audit)]
        );
    }

    private static async Task<T> ProvenAsync<T>(Func<Task<T>> prove)
    {
        try
        {
            return await prove().ConfigureAwait(false);
        }
        catch (CommandException why)
        {
            throw new NoProofException(Sentence(why.Message));
        }
        catch (ConnectionException)
        {
            throw new NoProofException("Kafka doesn't answer.");
        }
    }

    /// <summary>Messages of commands follow the program's name, and begin with a small letter.</summary>
    private static string Sentence(string message) => char.ToUpperInvariant(message[0]) + message[1..];
}
