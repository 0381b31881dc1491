namespace Engine.Web.Hosting;

/// <summary>Answers <c>HEAD</c> wherever <c>GET</c> is answered: link checkers and load balancers use it.</summary>
public static class HeadRequests
{
    /// <summary>Routes <c>HEAD</c> to the handlers of <c>GET</c>; the server leaves the body out. Call it before
    /// routing.</summary>
    public static void UseHeadAsGet(this WebApplication app) =>
        app.Use(
            (http, next) =>
            {
                if (HttpMethods.IsHead(http.Request.Method))
                {
                    http.Request.Method = HttpMethods.Get;
                }

                return next(http);
            }
        );
}
