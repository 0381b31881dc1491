using System.Security.Cryptography;
using Engine.Contracts;
using Engine.Web;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Decision;
using Engine.Workflows.Bindings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Web;

/// <summary>What is wrong with a request, and in which field.</summary>
internal sealed record Fault(string Error, string Where);

/// <summary>A code for a first client.</summary>
/// <param name="Expires">The expiry, ms since the epoch.</param>
internal sealed record IssuedCode(string Code, string Svg, long Expires);

/// <summary>Makes operation-binding codes for first clients, with the settings in force at the current time.</summary>
internal sealed class BindingCodes(CodeKeys keys, ISettingsInForce settings, TimeProvider clock)
{
    public CodeKeys Keys => keys;

    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public PageSetting? Page(string id) => ((BindingSettings)settings.At(Now, out _)).Pages.GetValueOrDefault(id);

    /// <summary>Makes a new code, or reports what is wrong with the request.</summary>
    public IssuedCode? Issue(string page, string operation, string account, out Fault? fault)
    {
        fault = null;
        if (Page(page) is not { } setting)
        {
            fault = new Fault($"there is no page '{page}'", "page");
        }
        else if (setting.Find(operation) is not { } found)
        {
            fault = new Fault(
                $"page '{page}' has no operation '{operation}'; it has "
                    + $"{string.Join(", ", setting.Operations.Select(one => one.Type))}",
                "operation"
            );
        }
        else if (!Identifier.IsOne(account))
        {
            fault = new Fault($"expected {Identifier.Words}", "account");
        }
        else
        {
            long expires = OperationBindingCode.ExpiryOf(Now, setting.CodeTtl);
            string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(OperationBindingCode.NonceBytes));
            string code = keys.Sign(new OperationBindingCode(page, operation, account, found.Prompt, nonce, expires));
            return new IssuedCode(code, QrPicture.Svg(code), expires);
        }
        return null;
    }
}
