using Engine.Workflows.Module.Codes;

namespace Engine.Workflows.Bindings.Codes;

/// <summary>Signs operation-binding codes, and reads them: see <see cref="CodeSigner"/>. Immutable and
/// thread-safe.</summary>
/// <param name="secrets">At least one secret, each of at least 32 bytes; otherwise the constructor throws
/// <see cref="ArgumentException"/>.</param>
public sealed class CodeKeys(IEnumerable<byte[]> secrets)
{
    public const int SignatureBytes = CodeSigner.SignatureBytes;

    private readonly CodeSigner _signer = new(secrets, "operation-binding code", OperationBindingCode.MaxTextLength);

    /// <summary>Signs a code. Returns its text, which is the only valid spelling.</summary>
    public string Sign(OperationBindingCode code) => _signer.Sign(code.ToBytes);

    /// <summary>Reads a text that one of the keys signed. Returns null if it is forged, altered or spelt
    /// differently.</summary>
    public OperationBindingCode? Read(string text) =>
        _signer.Read(text, OperationBindingCode.Of, (code, key) => code.ToBytes(key));
}
