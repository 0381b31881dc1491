using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Notices.Sending;

/// <summary>Posts notices as JSON to webhooks and gateways: signed, without following redirects or using a proxy, and
/// without reading what the receiver answers beyond its status.</summary>
internal sealed class Poster : IDisposable
{
    private const string SignatureHeader = "Engine-Signature",
        IdentityHeader = "Idempotency-Key";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly byte[]? _key;
    private readonly TimeProvider _clock;

    /// <param name="key">The key to sign with; null for none.</param>
    /// <param name="guard">Checks what may be reached; null for gateways, whose addresses the operator has
    /// chosen.</param>
    public Poster(string? key, AddressGuard? guard, TimeProvider clock)
    {
        (_key, _clock) = (key == null ? null : Encoding.UTF8.GetBytes(key), clock);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
            ConnectTimeout = Within,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };
        if (guard != null)
        {
            handler.ConnectCallback = (context, cancel) => guard.ConnectAsync(context.DnsEndPoint, cancel);
        }

        _http = new HttpClient(handler) { Timeout = Within };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("engine-notify");
    }

    public async Task<Outcome> PostAsync(Uri to, Notice notice, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, to)
        {
            Content = new ReadOnlyMemoryContent(notice.Json),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation(IdentityHeader, notice.Identity);
        if (_key != null)
        {
            request.Headers.TryAddWithoutValidation(SignatureHeader, Signature(notice.Json.Span));
        }

        try
        {
            using HttpResponseMessage answer = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)
                .ConfigureAwait(false);
            int status = (int)answer.StatusCode;
            return answer.IsSuccessStatusCode ? Outcome.Delivered
                : status is >= 300 and < 400 ? Outcome.Refused(Digits(status) + ": redirects aren't followed")
                : status >= 500 || answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
                    ? Outcome.NotNow(Digits(status))
                : Outcome.Refused(Digits(status));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Outcome.NotNow($"no answer within {Within.TotalSeconds:0} s");
        }
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException forbidden)
        {
            return Outcome.Refused(forbidden.Message);
        }
        catch (HttpRequestException e)
        {
            return Outcome.NotNow(e.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary><c>t=&lt;unix seconds&gt;,v1=&lt;hex&gt;</c>: HMAC-SHA256 of the seconds, a full stop and the
    /// body.</summary>
    private string Signature(ReadOnlySpan<byte> body)
    {
        string seconds = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key!);
        hmac.AppendData(Encoding.ASCII.GetBytes(seconds + "."));
        hmac.AppendData(body);
        return $"t={seconds},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }

    private static string Digits(int status) => status.ToString(CultureInfo.InvariantCulture);
}
