namespace Engine.Workflows.Bindings.Web;

/// <summary>Addresses of the phone's pages.</summary>
internal static class Links
{
    public static string To(string page, string what = "") =>
        $"/b/{Uri.EscapeDataString(page)}{(what.Length > 0 ? "/" + what : "")}";
}
