using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Engine.Web;

/// <summary>Reads forms posted from our own pages only (CSRF protection), as checked by <see cref="SameOrigin"/> and,
/// for a signed-in visitor, by the session's form secret. Throws <see cref="RefusedException"/> for any
/// other.</summary>
public static class Forms
{
    /// <summary>The name of the field that carries <see cref="Session.FormSecret"/>.</summary>
    public const string SecretField = "secret";

    /// <summary>The maximum size of a form in bytes: enough for several hundred selected rows.</summary>
    public const int MaxBytes = 128 * 1024;

    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>Reads the fields of a posted form.</summary>
    /// <param name="http">The request.</param>
    /// <param name="secret">The secret that the form must carry; null if the visitor isn't signed in.</param>
    public static async Task<IFormCollection> ReadAsync(HttpContext http, string? secret = null)
    {
        SameOrigin.Require(http.Request);
        IFormCollection form = await ReadOpenAsync(http).ConfigureAwait(false);
        if (secret != null && !Same(form[SecretField], secret))
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                "This form belongs to another session. Go back, reload the page, and send it again.",
                SecretField
            )
            {
                Title = "This form is out of date",
            };
        }

        return form;
    }

    /// <summary>Reads a form from wherever it was posted: for pages whose address is a secret, valid once.</summary>
    public static async Task<IFormCollection> ReadOpenAsync(HttpContext http)
    {
        HttpRequest request = http.Request;
        if (!IsForm(request))
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"Expected a form ({FormType}).",
                "Content-Type"
            );
        }

        return await ParseAsync(await Bodies.ReadAsync(request, MaxBytes).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static bool IsForm(HttpRequest request) =>
        request.ContentType?.Split(';')[0].Trim().Equals(FormType, StringComparison.OrdinalIgnoreCase) == true;

    private static async Task<FormCollection> ParseAsync(byte[] body)
    {
        try
        {
            using var reader = new FormReader(new MemoryStream(body), Encoding.UTF8);
            return new FormCollection(await reader.ReadFormAsync().ConfigureAwait(false));
        }
        catch (InvalidDataException problem)
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"The form can't be read: {problem.Message}",
                "body"
            );
        }
    }

    private static bool Same(string? one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one ?? ""), Encoding.UTF8.GetBytes(other));
}
