using Fuzz.Tests.Running;
using Fuzz.Tests.Targets;
using Xunit;

// What remains of inputs is measured for the whole process.
[assembly: Xunit.v3.Parallelization(MaxThreads = 1)]

namespace Fuzz.Tests;

/// <summary>Hostile input for everything that reads bytes from outside. <c>make fuzz INPUTS=… SEED=…</c> runs it
/// longer.</summary>
public sealed class FuzzTests
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Makers = new Func<FuzzTarget>[]
    {
        () => new JsonEvents(),
        () => new ProtobufEvents(),
        () => new EventTwins(),
        () => new CloudEventHeaders(),
        () => new WorkflowReading(isProtobuf: false),
        () => new WorkflowReading(isProtobuf: true),
        () => new LabelEvents(),
        () => new HttpFraming(),
        () => new AccessLog(),
        () => new RecordBatches(),
        () => new RespReplies(),
        () => new SettingRecords(),
        () => new YamlSettings(),
        () => new CelConditions(),
        () => new RedisAddresses(),
        () => new MarkRecords(),
        () => new StandingRecords(),
        () => new SignatureRecords(),
    }.ToDictionary(NameOf);

    /// <summary>All targets' together: seconds, also on a busy machine.</summary>
    private const long DefaultInputs = 100_000;

    /// <summary>Of so many inputs some are accepted and some refused.</summary>
    private const long EnoughInputs = 500;

    private static readonly int AllShares = Makers.Values.Sum(ShareOf);

    public static TheoryData<string> Targets => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Valid_inputs_are_accepted(string name)
    {
        using FuzzTarget target = Makers[name]();
        foreach (byte[] input in target.Valid)
        {
            Assert.True(target.Accepts(input), $"refused: {System.Text.Encoding.UTF8.GetString(input)}");
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Any_input_is_accepted_or_refused_within_bounds(string name)
    {
        using FuzzTarget target = Makers[name]();
        string? only = Environment.GetEnvironmentVariable("FUZZ_TARGET");
        Assert.SkipUnless(string.IsNullOrEmpty(only) || only == name, $"FUZZ_TARGET is {only}");
        long all = Variable("FUZZ_INPUTS", DefaultInputs),
            inputs = string.IsNullOrEmpty(only) ? Math.Max(1, all * target.Share / AllShares) : all,
            first = Variable("FUZZ_FIRST", 0);
        var run = new FuzzRun(target, (ulong)Variable("FUZZ_SEED", 1), Progress);
        long accepted = run.Run(first, inputs);
        // A generator whose inputs all meet one fate tests little.
        Assert.True(
            inputs < EnoughInputs || (accepted > 0 && accepted < inputs),
            $"{accepted} of {inputs} are accepted"
        );
    }

    private static void Progress(string line)
    {
        if (Environment.GetEnvironmentVariable("FUZZ_INPUTS") != null)
        {
            Console.Error.WriteLine(line);
        }
    }

    private static string NameOf(Func<FuzzTarget> maker)
    {
        using FuzzTarget target = maker();
        return target.Name;
    }

    private static int ShareOf(Func<FuzzTarget> maker)
    {
        using FuzzTarget target = maker();
        return target.Share;
    }

    private static long Variable(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), out long value) ? value : otherwise;
}
