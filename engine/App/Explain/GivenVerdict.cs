using Engine.Client;
using Engine.Pipeline.Consume.Rescore;

namespace Engine.App.Explain;

/// <summary>Compares an audit's verdict with the one that was given.</summary>
internal static class GivenVerdict
{
    /// <summary>Whether they are equal: byte for byte, or both plain if the given one is only assumed.</summary>
    public static bool Matches(string click, byte[] given, AuditFinding found) =>
        VerdictLookup.Read(click, given).IsAssumed
            ? found.Reproduced is { } reproduced && IsPlain(VerdictLookup.Read(click, reproduced))
            : found.Reproduced.AsSpan().SequenceEqual(given);

    private static bool IsPlain(Verdict verdict) =>
        verdict
            is { Class: "valid", Band: "allow", Action: "accept", Billable: true, Reasons.Count: 0, Evidence.Count: 0 };
}
