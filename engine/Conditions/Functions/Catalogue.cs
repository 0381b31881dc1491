using Engine.Conditions.Checking;

namespace Engine.Conditions.Functions;

/// <summary>All functions there are.</summary>
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

    /// <summary>The ways to call a function, none if there is no such function.</summary>
    public static IEnumerable<Overload> Find(string name) => ByName[name];

    /// <summary>All overloads, for documentation and tests.</summary>
    public static IEnumerable<Overload> All => ByName.SelectMany(group => group);

    public static Overload Global(string name, StaticType result, FunctionBody body, params CelType[] parameters) =>
        new(name, false, parameters, result, body);

    public static Overload Method(string name, StaticType result, FunctionBody body, params CelType[] parameters) =>
        new(name, true, parameters, result, body);
}
