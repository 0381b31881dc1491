using Engine.Conditions.Checking;

namespace Engine.Conditions.Functions;

/// <summary>All functions of the language.</summary>
internal static class Catalogue
{
    private static readonly ILookup<string, Overload> ByName = new IEnumerable<Overload>[]
    {
        Conversions.All,
        TextFunctions.All,
        TextSearch.All,
        TimeFunctions.All,
    }
        .SelectMany(overloads => overloads)
        .ToLookup(overload => overload.Name, StringComparer.Ordinal);

    /// <summary>Gets the overloads of a function; none if it doesn't exist.</summary>
    public static IEnumerable<Overload> Find(string name) => ByName[name];

    /// <summary>All overloads, for the docs and tests.</summary>
    public static IEnumerable<Overload> All => ByName.SelectMany(group => group);

    public static Overload Global(string name, StaticType result, FunctionBody body, params CelType[] parameters) =>
        new(name, false, parameters, result, body);

    public static Overload Method(string name, StaticType result, FunctionBody body, params CelType[] parameters) =>
        new(name, true, parameters, result, body);
}
