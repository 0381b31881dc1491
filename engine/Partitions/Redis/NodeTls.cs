using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Engine.Configuration.Connections;

namespace Engine.Partitions.Redis;

/// <summary>A connection to a Redis node under TLS. All work is done on the caller's thread: below
/// <see cref="SslStream"/> is a <see cref="TlsWire"/>, which never waits, so its continuations run within
/// <see cref="Send"/> and <see cref="Receive"/>.</summary>
internal sealed class NodeTls : INodeConnection
{
    private static readonly TimeSpan ShakeHandsWithin = TimeSpan.FromSeconds(5);

    /// <summary>The bytes of a TLS record at most.</summary>
    private const int MaxRecord = 16 * 1024;

    /// <summary>The number of encrypted bytes that may wait for the socket.</summary>
    private const int MaxUnsent = 4 * MaxRecord;

    private readonly TlsHandshake _handshake;
    private readonly TlsWire _wire;
    private readonly SslStream _stream;
    private readonly Task _shakingHands;
    private readonly TimeProvider _clock;
    private readonly long _since;
    private readonly byte[] _plain = new byte[2 * MaxRecord];
    private Task<int>? _reading;
    private int _taken,
        _plainLength;
    private bool _isAccepted;

    public NodeTls(EndPoint endPoint, TlsClient client, TimeProvider clock)
    {
        (_clock, _since) = (clock, clock.GetTimestamp());
        _wire = new TlsWire(new NodeSocket(endPoint));
        _stream = new SslStream(_wire);
        string host = endPoint switch
        {
            DnsEndPoint dns => dns.Host,
            IPEndPoint ip => ip.Address.ToString(),
            _ => throw new ArgumentException($"{endPoint} isn't a host and a port", nameof(endPoint)),
        };
        _handshake = new TlsHandshake(client, host);
        _shakingHands = _stream.AuthenticateAsClientAsync(_handshake.Options);
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        Move();
        if (!HasShakenHands() || _wire.Unsent > MaxUnsent)
        {
            return 0;
        }

        ReadOnlySpan<byte> record = bytes[..Math.Min(bytes.Length, MaxRecord)];
        _stream.Write(record);
        Move();
        return record.Length;
    }

    public int Receive(Span<byte> into)
    {
        Move();
        if (!HasShakenHands())
        {
            return 0;
        }

        if (_taken == _plainLength && !Decrypt())
        {
            return 0;
        }

        int length = Math.Min(into.Length, _plainLength - _taken);
        _plain.AsSpan(_taken, length).CopyTo(into);
        _taken += length;
        return length;
    }

    public void Wait(int milliseconds)
    {
        if (_taken == _plainLength && _reading is not { IsCompleted: true })
        {
            _wire.Wait(milliseconds);
        }
    }

    private void Move()
    {
        try
        {
            _wire.Move();
        }
        catch (IOException e)
        {
            throw Failure(e);
        }
    }

    private bool HasShakenHands()
    {
        if (_shakingHands.IsCompletedSuccessfully)
        {
            return true;
        }

        if (_shakingHands.IsCompleted)
        {
            throw Failure(_shakingHands.Exception!.InnerException!);
        }

        return _clock.GetElapsedTime(_since) < ShakeHandsWithin
            ? false
            : throw new IOException($"no TLS handshake within {ShakeHandsWithin.TotalSeconds:0} s");
    }

    /// <summary>Decrypts what has arrived. Returns false if that is less than a record.</summary>
    private bool Decrypt()
    {
        _reading ??= _stream.ReadAsync(_plain).AsTask();
        Move();
        if (!_reading.IsCompleted)
        {
            return false;
        }

        try
        {
            (_taken, _plainLength) = (0, _reading.GetAwaiter().GetResult());
            _reading = null;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            throw Failure(e);
        }

        if (_plainLength == 0)
        {
            throw new IOException(WhyEnded("the server ended the connection"));
        }

        _isAccepted = true;
        return true;
    }

    private IOException Failure(Exception e) => new(WhyEnded(e.Message), e);

    private string WhyEnded(string otherwise) => _isAccepted ? otherwise : _handshake.WhyEnded(otherwise);

    public void Dispose()
    {
        _wire.Dispose();
        _stream.Dispose();
    }
}
