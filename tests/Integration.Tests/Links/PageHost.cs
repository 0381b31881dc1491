using System.Net;
using System.Text;

namespace Integration.Tests.Links;

/// <summary>A site of its own origin that shows a test's pages.</summary>
internal sealed class PageHost : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, (string Html, string Policy)> _pages = [];
    private readonly Task _serving;

    public PageHost(int port)
    {
        Address = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Shows a page at a path, with a Content-Security-Policy, or an empty one.</summary>
    public string Show(string path, string html, string policy = "")
    {
        _pages[path] = ("<!DOCTYPE html><meta charset=utf-8><title>A page</title>" + html, policy);
        return Address + path;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                bool found = _pages.TryGetValue(
                    context.Request.Url!.AbsolutePath,
                    out (string Html, string Policy) page
                );
                context.Response.StatusCode = found ? 200 : 404;
                context.Response.ContentType = "text/html; charset=utf-8";
                if (found && page.Policy.Length > 0)
                {
                    context.Response.Headers["Content-Security-Policy"] = page.Policy;
                }

                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(page.Html ?? ""));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // the end of the test
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _serving.GetAwaiter().GetResult();
    }
}
