using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Engine.Web;

/// <summary>
/// Reads forms of our own pages, and no others (CSRF): by <see cref="SameOrigin"/> and, where somebody is signed in, by
/// the secret that the session's forms carry. What can't be read is a <see cref="RefusedException"/>.
/// </summary>
public static class Forms
{
    /// <summary>The name of the field that carries <see cref="Session.FormSecret"/>.</summary>
    public const string SecretField = "secret";

    /// <summary>The largest form, bytes: several hundred selected rows.</summary>
    public const int MaxBytes = 128 * 1024;

    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>The fields of a posted form.</summary>
    /// <param name="http">The request.</param>
    /// <param name="secret">What the form must carry; null where nobody is signed in.</param>
    public static async Task<IFormCollection> ReadAsync(HttpContext http, string? secret = null)
    {
        HttpRequest request = http.Request;
        if (!SameOrigin.Holds(request))
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden,
                "This form was sent from another site, or not by a browser. Open the page here and send it again; "
                    + "programs use the endpoints under /v1.",
                "Origin"
            )
            {
                Title = "Form sent from another site",
            };
        }

        if (!IsForm(request))
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"Expected a form ({FormType}).",
                "Content-Type"
            );
        }

        byte[] body = await Bodies.ReadAsync(request, MaxBytes).ConfigureAwait(false);
        FormCollection form = await ParseAsync(body).ConfigureAwait(false);
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
