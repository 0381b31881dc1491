namespace Engine.Web.Hosting;

/// <summary>Answers <c>HEAD</c> wherever <c>GET</c> is answered: link checkers and load balancers use it.</summary>
public static class HeadRequests
{
    private static readonly object Asked = new();

    /// <summary>Routes <c>HEAD</c> to the handlers of <c>GET</c>; the server leaves the body out. Call it before
    /// routing.</summary>
    public static void UseHeadAsGet(this WebApplication app) =>
        app.Use(
            (http, next) =>
            {
                if (HttpMethods.IsHead(http.Request.Method))
                {
                    http.Request.Method = HttpMethods.Get;
                    http.Items[Asked] = Asked;
                }

                return next(http);
            }
        );

    /// <summary>Whether nobody looks at the answer yet: it was asked for with <c>HEAD</c>, or a browser loads
    /// ahead.</summary>
    public static bool IsPreview(HttpContext http) =>
        http.Items.ContainsKey(Asked) || IsPrefetch(http.Request, "Sec-Purpose") || IsPrefetch(http.Request, "Purpose");

    private static bool IsPrefetch(HttpRequest request, string header) =>
        request.Headers[header].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);
}
