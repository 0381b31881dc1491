using System.Collections.Concurrent;
using System.Net;

namespace Integration.Tests.Meetings;

/// <summary>A request that a <see cref="HookServer"/> got.</summary>
internal sealed record Hook(string Path, string Body, string? Signature, string? Identity, string? Type);

/// <summary>A web server on loopback that notices are posted to.</summary>
internal sealed class HookServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<Hook, int, int> _answer;
    private readonly Task _serving;

    /// <param name="answer">The status for a request, and how many came to its path before.</param>
    public HookServer(int port, Func<Hook, int, int> answer)
    {
        (Address, _answer) = ($"http://127.0.0.1:{port}", answer);
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    public ConcurrentQueue<Hook> Hooks { get; } = new();

    public void Dispose()
    {
        _listener.Close();
        _serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new StreamReader(context.Request.InputStream);
                var hook = new Hook(
                    context.Request.Url!.AbsolutePath,
                    await body.ReadToEndAsync(),
                    context.Request.Headers["Engine-Signature"],
                    context.Request.Headers["Idempotency-Key"],
                    context.Request.ContentType
                );
                context.Response.StatusCode = _answer(hook, Hooks.Count(one => one.Path == hook.Path));
                if (context.Response.StatusCode is >= 300 and < 400)
                {
                    context.Response.RedirectLocation = Address + "/elsewhere";
                }

                Hooks.Enqueue(hook);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // closed
        }
    }
}
