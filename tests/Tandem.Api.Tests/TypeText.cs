using System.Reflection;

namespace Tandem.Api.Tests;

/// <summary>Types as C# writes them, with nullability.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    private static readonly NullabilityInfoContext Context = new();

    public static string Of(FieldInfo field) => Of(Context.Create(field), field.FieldType);

    public static string Of(PropertyInfo property) => Of(Context.Create(property), property.PropertyType);

    public static string Of(EventInfo raised) => Of(Context.Create(raised), raised.EventHandlerType!);

    public static string Of(ParameterInfo parameter)
    {
        var word = (parameter.ParameterType.IsByRef, parameter.IsOut, parameter.IsIn) switch
        {
            (false, _, _) => "",
            (_, true, _) => "out ",
            (_, _, true) => "in ",
            _ => "ref ",
        };
        var type = parameter.ParameterType is { IsByRef: true } reference ? reference.GetElementType()! : parameter.ParameterType;
        return word + Of(Context.Create(parameter), type);
    }

    /// <summary>A type by itself, without nullability.</summary>
    public static string Of(Type type) => Of(null, type);

    private static string Of(NullabilityInfo? info, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Of(info?.GenericTypeArguments.FirstOrDefault(), value)}?";
        var mark =
            !type.IsValueType && info is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } ? "?" : "";
        if (type.IsArray)
            return $"{Of(info?.ElementType, type.GetElementType()!)}[]{mark}";
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword + mark;
        if (type.IsGenericParameter)
            return type.Name + mark;
        var outer =
            type.DeclaringType is { } declaring ? $"{Of(declaring)}."
            : IsUsual(type) ? ""
            : $"{type.Namespace}.";
        var arguments = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToArray();
        var name = type.Name.Split('`')[0];
        if (arguments.Length == 0)
            return outer + name + mark;
        var texts = arguments.Select((argument, i) => Of(info?.GenericTypeArguments.ElementAtOrDefault(i), argument));
        return $"{outer}{name}<{string.Join(", ", texts)}>{mark}";
    }

    // Common types of the base class library, and types of this assembly, are written without their namespaces.
    private static bool IsUsual(Type type) =>
        type.Namespace is { } name && (name.StartsWith("System", StringComparison.Ordinal) || name == "Tandem.Api");
}
