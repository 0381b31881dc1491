using System.Globalization;
using System.Text;
using Fuzz.Tests.Inputs;

namespace Fuzz.Tests.Running;

/// <summary>Gives a target many inputs. The same seed gives the same inputs.</summary>
/// <param name="progress">Receives a line every few seconds and one at the end.</param>
internal sealed class FuzzRun(FuzzTarget target, ulong seed, Action<string> progress)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    /// <summary>What one input may allocate: a base, and a multiple of its length. A condition that uses up its budget
    /// of steps allocates most.</summary>
    private const long MaxAllocated = 256L * 1024 * 1024,
        MaxAllocatedPerByte = 4096;

    /// <summary>What may remain of all inputs together: caches, and buffers of the largest input.</summary>
    private const long MaxKept = 128L * 1024 * 1024;

    private readonly InputBuffer _input = new();
    private long _number,
        _accepted;

    /// <summary>Tries inputs.</summary>
    /// <param name="first">The number of the first one.</param>
    /// <returns>How many were accepted.</returns>
    public long Run(long first, long count)
    {
        using var watchdog = new Watchdog(Describe);
        long kept = GC.GetTotalMemory(forceFullCollection: true),
            began = TimeProvider.System.GetTimestamp(),
            told = began;
        for (_number = first; _number < first + count; _number++)
        {
            watchdog.Begin(_number);
            Try();
            if ((_number & 0xFF) == 0 && TimeProvider.System.GetElapsedTime(told) > Between)
            {
                told = TimeProvider.System.GetTimestamp();
                Tell(_number + 1 - first, began);
            }
        }

        watchdog.Begin(-1);
        Tell(count, began);
        kept = GC.GetTotalMemory(forceFullCollection: true) - kept;
        progress($"{target.Name,-24} {kept,12:N0} bytes kept");
        return kept <= MaxKept
            ? _accepted
            : throw new BrokenPropertyException($"{target.Name}: {kept:N0} bytes are kept of {count:N0} inputs");
    }

    private void Try()
    {
        try
        {
            target.Make(new Dice(seed, _number), _input.Clear());
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (target.Accepts(_input.Span))
            {
                _accepted++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > MaxAllocated + MaxAllocatedPerByte * _input.Length)
            {
                throw new BrokenPropertyException($"{allocated:N0} bytes are allocated for {_input.Length:N0}");
            }
        }
        catch (Exception e)
        {
            throw new BrokenPropertyException($"{Describe()}\n{e}");
        }
    }

    private void Tell(long tried, long began)
    {
        double seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        progress(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{target.Name,-24} {tried,12:N0} inputs, {_accepted,12:N0} accepted, {tried / seconds,10:N0}/s"
            )
        );
    }

    private string Describe() =>
        $"{target.Name}, seed {seed}, input {_number} of {_input.Length} bytes:\n"
        + $"{Encoding.UTF8.GetString(_input.Span[..Math.Min(_input.Length, 2_000)])}\n"
        + Convert.ToBase64String(_input.Span[..Math.Min(_input.Length, 3_000)]);
}
