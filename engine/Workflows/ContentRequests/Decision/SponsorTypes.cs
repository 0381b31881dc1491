using Engine.Workflows.ContentRequests.Events;

namespace Engine.Workflows.ContentRequests.Decision;

/// <summary>One sponsor's types of invalid requests in one partition: at most 1,000. If a new one exceeds that, all
/// types with no request for a week are dropped, or else the least frequent one; ties go to the one seen longest ago,
/// then to the first by hash.</summary>
public sealed class SponsorTypes
{
    public const int MaxCount = 1000;

    private readonly Dictionary<string, RequestType> _types = new(StringComparer.Ordinal);

    public void Restore(string hash, RequestType type) => _types[hash] = type;

    /// <summary>Counts a request that was answered as invalid.</summary>
    /// <param name="lapsed">Receives the types dropped to make room.</param>
    public RequestType Count(string hash, ContentRequest e, ContentAnswer answer, List<string> lapsed)
    {
        if (!_types.TryGetValue(hash, out RequestType? type))
        {
            if (_types.Count >= MaxCount)
            {
                MakeRoom(e.Time, lapsed);
            }

            _types[hash] = type = RequestType.Of(e, answer);
        }
        type.Count(e, answer);
        return type;
    }

    private void MakeRoom(long time, List<string> lapsed)
    {
        foreach ((string hash, RequestType type) in _types)
        {
            if (type.IsOver(time))
            {
                lapsed.Add(hash);
            }
        }

        if (lapsed.Count == 0)
        {
            lapsed.Add(Rarest());
        }

        lapsed.Sort(StringComparer.Ordinal);
        foreach (string hash in lapsed)
        {
            _types.Remove(hash);
        }
    }

    private string Rarest()
    {
        string? rarest = null;
        RequestType? found = null;
        foreach ((string hash, RequestType type) in _types)
        {
            if (found != null && Compare(type, hash, found, rarest!) >= 0)
            {
                continue;
            }

            (rarest, found) = (hash, type);
        }
        return rarest!;
    }

    private static int Compare(RequestType a, string aHash, RequestType b, string bHash)
    {
        if (a.Requests != b.Requests)
        {
            return a.Requests.CompareTo(b.Requests);
        }

        return a.Last != b.Last ? a.Last.CompareTo(b.Last) : string.CompareOrdinal(aHash, bHash);
    }
}
