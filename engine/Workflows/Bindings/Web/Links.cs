namespace Engine.Workflows.Bindings.Web;

/// <summary>The addresses of the phone pages.</summary>
internal static class Links
{
    public static string To(string page, string what = "") =>
        $"/b/{Uri.EscapeDataString(page)}{(what.Length > 0 ? "/" + what : "")}";
}
