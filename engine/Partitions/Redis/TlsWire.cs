using System.Buffers;
using System.Net.Security;
using System.Threading.Tasks.Sources;

namespace Engine.Partitions.Redis;

/// <summary>What lies between <see cref="SslStream"/> and a socket. Writes go into memory. A read that finds nothing
/// stays pending until <see cref="Move"/> finds something, and is then continued on the caller's thread. One thread
/// calls everything.</summary>
internal sealed class TlsWire(INodeConnection socket) : Stream, IValueTaskSource<int>
{
    private readonly ArrayBufferWriter<byte> _unsent = new();
    private ManualResetValueTaskSourceCore<int> _pending;
    private Memory<byte> _into;
    private bool _isPending;
    private int _sent;

    /// <summary>The number of bytes that wait for the socket.</summary>
    public int Unsent => _unsent.WrittenCount - _sent;

    /// <summary>Sends and receives what it can without waiting.</summary>
    public void Move()
    {
        Flush();
        while (_isPending)
        {
            int received;
            try
            {
                received = socket.Receive(_into.Span);
            }
            catch (IOException e)
            {
                _isPending = false;
                _pending.SetException(e);
                return;
            }

            if (received == 0)
            {
                break;
            }

            _isPending = false;
            _pending.SetResult(received);
        }

        // What was received may have been answered.
        Flush();
    }

    public void Wait(int milliseconds) => socket.Wait(milliseconds);

    public override void Flush()
    {
        while (Unsent > 0)
        {
            int sent = socket.Send(_unsent.WrittenSpan[_sent..]);
            if (sent == 0)
            {
                return;
            }

            _sent += sent;
        }

        _unsent.ResetWrittenCount();
        _sent = 0;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A read of nothing only asks to be told when there is something: the next read waits for that.
        int received = buffer.IsEmpty ? 0 : socket.Receive(buffer.Span);
        if (received > 0 || buffer.IsEmpty)
        {
            return ValueTask.FromResult(received);
        }

        _pending.Reset();
        (_into, _isPending) = (buffer, true);
        return new ValueTask<int>(this, _pending.Version);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _unsent.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    int IValueTaskSource<int>.GetResult(short token) => _pending.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _pending.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _pending.OnCompleted(continuation, state, token, flags);

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
