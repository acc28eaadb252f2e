using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tandem.Api.Tests;

/// <summary>
/// Lists what users of an assembly can compile against: a line for each public type and each of its public or protected members, with
/// nullability, default values and constants. Members that every record has are left out; the word <c>record</c> stands for them.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>All lines, sorted: moving a member in the source changes nothing.</summary>
    public static string Of(Assembly assembly) =>
        string.Concat(
            assembly
                .GetExportedTypes()
                .SelectMany(type => MembersOf(type).Prepend(Describe(type)))
                .Order(StringComparer.Ordinal)
                .Select(line => line + "\n")
        );

    private static string Describe(Type type)
    {
        var bases = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Select(TypeText.Of).Order(StringComparer.Ordinal);
        var all = type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType ? bases.Prepend(TypeText.Of(parent)) : bases;
        return $"{TypeText.Of(type)}: {Kind(type)}{string.Concat(all.Select(each => $" : {each}"))}";
    }

    private static string Kind(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is not null);
        return (type, isRecord) switch
        {
            ({ IsEnum: true }, _) => $"enum of {TypeText.Of(type.GetEnumUnderlyingType())}",
            ({ IsInterface: true }, _) => "interface",
            ({ IsValueType: true }, _) =>
                $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(isRecord ? "record " : "")}struct",
            ({ IsAbstract: true, IsSealed: true }, _) => "static class",
            _ => $"{(type.IsSealed ? "sealed " : type.IsAbstract ? "abstract " : "")}{(isRecord ? "record" : "class")}",
        };
    }

    private static IEnumerable<string> MembersOf(Type type)
    {
        var members = type.GetMembers(Declared).Where(IsVisible).Where(member => !IsMadeByCompiler(member));
        return members.Select(Text).OfType<string>().Select(text => $"{TypeText.Of(type)}.{text}");
    }

    private static string? Text(MemberInfo member) =>
        member switch
        {
            FieldInfo { IsSpecialName: true } => null,
            FieldInfo { IsLiteral: true } field => $"{field.Name}: const {TypeText.Of(field)} = {Value(field.GetRawConstantValue())}",
            FieldInfo field => $"{field.Name}: {Static(field.IsStatic)}{(field.IsInitOnly ? "readonly " : "")}{TypeText.Of(field)}",
            PropertyInfo property => Property(property),
            ConstructorInfo constructor => $"new({Parameters(constructor)})",
            MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith("op_", StringComparison.Ordinal) => null,
            MethodInfo method =>
                $"{method.Name}{Arguments(method)}({Parameters(method)}): {Static(method.IsStatic)}{Override(method)}{TypeText.Of(method.ReturnParameter)}",
            EventInfo raised => $"{raised.Name}: event {TypeText.Of(raised)}",
            _ => null,
        };

    private static string Property(PropertyInfo property)
    {
        var accessors = new List<string>();
        if (property.GetMethod is { } get && IsVisible(get))
            accessors.Add("get;");
        if (property.SetMethod is { } set && IsVisible(set))
            accessors.Add(set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;");
        var index = property.GetIndexParameters() is { Length: > 0 } keys ? $"[{string.Join(", ", keys.Select(Parameter))}]" : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var isStatic = (property.GetMethod ?? property.SetMethod)!.IsStatic;
        return $"{property.Name}{index}: {Static(isStatic)}{required}{TypeText.Of(property)} {{ {string.Join(' ', accessors)} }}";
    }

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Override(MethodInfo method) =>
        method.GetBaseDefinition().DeclaringType != method.DeclaringType ? "override " : "";

    private static string Arguments(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeText.Of))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter) =>
        $"{TypeText.Of(parameter)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Value(parameter.RawDefaultValue)}" : "")}";

    // The default of a struct is null in the metadata too.
    private static string Value(object? value) =>
        value switch
        {
            null => "default",
            string text => $"\"{text}\"",
            bool truth => truth ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static bool IsVisible(MemberInfo member) =>
        member switch
        {
            FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
            MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
            PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
            EventInfo raised => IsVisible(raised.AddMethod!),
            _ => false,
        };

    // Applies to records; accessors of properties are not listed anyhow.
    private static bool IsMadeByCompiler(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not FieldInfo;
}
