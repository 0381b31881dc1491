namespace Engine.Partitions;

/// <summary>The thread of a lane. It ends when asked to (<see cref="Stop"/>), or by a failure, which
/// <see cref="Failure"/> reports.</summary>
public sealed class LaneThread : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    /// <param name="run">The lane's work; an exception from it is the lane's failure.</param>
    /// <param name="ended">Called at the end, when a failure is already known, so a failed lane isn't mistaken for a
    /// finished one.</param>
    public LaneThread(string name, Action run, Action ended)
    {
        Stopping = _stop.Token;
        _thread = new Thread(() =>
        {
            try
            {
                run();
            }
            catch (Exception e)
            {
                Fail(e);
            }

            ended();
        })
        {
            Name = name,
        };
    }

    /// <summary>The exception that ended the lane, or null. The first failure is kept.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Cancelled when the lane is asked to stop, or has failed.</summary>
    public CancellationToken Stopping { get; }

    public bool IsStopping => Stopping.IsCancellationRequested;

    public void Start() => _thread.Start();

    /// <summary>Asks the lane to finish.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Waits until the lane has ended. Returns at once if it wasn't started.</summary>
    public void Join()
    {
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    public void Fail(Exception e)
    {
        Failure ??= e;
        _stop.Cancel();
    }

    /// <summary>Waits for a time, or until the lane is asked to stop.</summary>
    public void Pause(TimeSpan time) => Stopping.WaitHandle.WaitOne(time);

    public void Dispose() => _stop.Dispose();
}
