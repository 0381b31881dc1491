namespace Engine.Partitions.Redis;

/// <summary>A connection to a Redis node, for one thread. Nothing blocks except connecting and <see cref="Wait"/>.
/// Every failure, including the server's end of the connection, is an <see cref="IOException"/> that says
/// why.</summary>
internal interface INodeConnection : IDisposable
{
    /// <summary>Sends what is accepted without waiting. Returns the number of bytes taken, 0 if none.</summary>
    int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Receives what has arrived. Returns 0 if nothing has.</summary>
    int Receive(Span<byte> into);

    /// <summary>Waits until something has arrived, at most <paramref name="milliseconds"/>.</summary>
    void Wait(int milliseconds);
}
