namespace Engine.Conditions.Functions;

internal static class PatternTranslator
{
    public static bool TryTranslate(string pattern, out string? translated, out int states, out string? error)
    {
        translated = pattern; states = pattern.Length; error = null;
        return true;
    }
}
