using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ingest.Tests.Client;

/// <summary>
/// Lists an assembly's public API, a member a line, as C# would declare it; what records get from the compiler is left
/// out.
/// </summary>
internal static class ApiListing
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(double)] = "double",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    internal static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(Declaration(type)).Append('\n');
            foreach (string member in Members(type))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string Declaration(Type type)
    {
        const BindingFlags Own = BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance;
        bool record = type.GetMethod("<Clone>$", Own) is not null || type.GetMethod("PrintMembers", Own) is not null;
        string kind =
            type.IsEnum ? "enum "
            : type.IsInterface ? "interface "
            : type.IsValueType ? (record ? "record struct " : "struct ")
            : type is { IsAbstract: true, IsSealed: true } ? "static class "
            : (
                type.IsSealed ? "sealed "
                : type.IsAbstract ? "abstract "
                : ""
            ) + (record ? "record " : "class ");
        IEnumerable<Type> above = type.IsEnum
            ? []
            : type.GetInterfaces()
                .Where(one => !one.IsGenericType || one.GetGenericTypeDefinition() != typeof(IEquatable<>))
                .Where(one => type.BaseType?.GetInterfaces().Contains(one) != true);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && !type.IsEnum)
        {
            above = above.Prepend(parent);
        }

        string names = string.Join(", ", above.Select(one => Name(one)));
        return $"{kind}{type.FullName}{(names.Length > 0 ? " : " + names : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type)
                .Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");
        }

        return
        [
            .. type.GetConstructors(Declared).Select(made => $"{type.Name}({Parameters(made)})"),
            .. type.GetFields(Declared).Select(Field).Order(StringComparer.Ordinal),
            .. type.GetProperties(Declared)
                .Where(property => property.Name != "EqualityContract")
                .Select(Property)
                .Order(StringComparer.Ordinal),
            .. type.GetEvents(Declared).Select(e => $"event {Name(e.EventHandlerType!)} {e.Name}"),
            .. type.GetMethods(Declared)
                .Where(method => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
                .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute)))
                .Select(Method)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Field(FieldInfo field) =>
        $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}"
        + $"{Name(field.FieldType, new NullabilityInfoContext().Create(field))} {field.Name}"
        + (field.IsLiteral ? $" = {Value(field.GetRawConstantValue())}" : "");

    private static string Property(PropertyInfo property)
    {
        string set =
            property.SetMethod is not { IsPublic: true } setter ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; "
            : "set; ";
        return (property.GetMethod!.IsStatic ? "static " : "")
            + (property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")
            + $"{Name(property.PropertyType, new NullabilityInfoContext().Create(property))} {property.Name} {{ "
            + $"get; {set}}}";
    }

    private static string Method(MethodInfo method) =>
        $"{(method.IsStatic ? "static " : "")}"
        + $"{Name(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter))} "
        + $"{method.Name}({Parameters(method)})";

    private static string Parameters(MethodBase method) =>
        string.Join(
            ", ",
            method
                .GetParameters()
                .Select(one =>
                    (
                        one.IsIn ? "in "
                        : one.IsOut ? "out "
                        : ""
                    )
                    + $"{Name(one.ParameterType, new NullabilityInfoContext().Create(one))} {one.Name}"
                    + (one.HasDefaultValue ? $" = {Value(one.DefaultValue, one.ParameterType)}" : "")
                )
        );

    private static string Value(object? value, Type? type = null) =>
        value switch
        {
            null => type is { IsValueType: true } && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            _ when type is { IsEnum: true } => $"{type.Name}.{Enum.GetName(type, value)}",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability?.ElementType);
        }

        if (Nullable.GetUnderlyingType(type) is { } under)
        {
            return Name(under) + "?";
        }

        string name;
        if (type.IsArray)
        {
            name = Name(type.GetElementType()!, nullability?.ElementType) + "[]";
        }
        else if (type.IsGenericType)
        {
            IEnumerable<string> arguments = type.GetGenericArguments()
                .Select((one, i) => Name(one, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
            name = $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>";
        }
        else
        {
            name = Keywords.GetValueOrDefault(type, type.Name);
        }

        return !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable ? name + "?" : name;
    }
}
