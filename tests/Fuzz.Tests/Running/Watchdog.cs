namespace Fuzz.Tests.Running;

/// <summary>Ends the process if one input takes too long: a thread that hangs can't be stopped otherwise.</summary>
internal sealed class Watchdog : IDisposable
{
    /// <summary>Thousands of times what the slowest input takes, on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Func<string> _input;
    private readonly Timer _timer;
    private long _number = -1,
        _seen = -1,
        _since;

    /// <param name="input">Describes the current input.</param>
    public Watchdog(Func<string> input)
    {
        _input = input;
        _timer = new Timer(_ => Look(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Says which input is tried now.</summary>
    public void Begin(long number) => Volatile.Write(ref _number, number);

    private void Look()
    {
        long number = Volatile.Read(ref _number);
        if (number != _seen)
        {
            (_seen, _since) = (number, TimeProvider.System.GetTimestamp());
        }
        else if (number >= 0 && TimeProvider.System.GetElapsedTime(_since) > Limit)
        {
            Environment.FailFast($"an input takes more than {Limit.TotalSeconds} s: {_input()}");
        }
    }

    public void Dispose() => _timer.Dispose();
}
