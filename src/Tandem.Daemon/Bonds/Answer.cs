using Tandem.Api;
using Tandem.Core.Options;

namespace Tandem.Daemon.Bonds;

/// <summary>The result of a request: a value or a refusal.</summary>
internal readonly record struct Answer<T>(T? Value, ErrorMessage? Refusal)
{
    /// <summary>The same refusal, or the result of a function of the value.</summary>
    public Answer<TOther> Select<TOther>(Func<T, TOther> selector) => Refusal is { } refusal ? refusal : selector(Value!);

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(ErrorMessage refusal) => new(default, refusal);

    public static implicit operator Answer<T>(OptionError refusal) => new(default, Refusals.Of(refusal));
}

/// <summary>Refusals of several requests.</summary>
internal static class Refusals
{
    public static ErrorMessage Of(OptionError error) => new(ErrorKinds.NameOf(error.Kind), error.Message);

    public static ErrorMessage? OfAny(OptionError? error) => error is null ? null : Of(error);

    public static ErrorMessage Device(string name, string problem) => Of(new OptionError(OptionErrorKind.Device, name, problem));

    public static ErrorMessage NoBond(string name) => new(ErrorKinds.NoBond, $"{name}: there is no bond of that name");

    public static ErrorMessage NoDevice(string name) =>
        Of(new OptionError(OptionErrorKind.NoDevice, name, "there is no interface of that name"));

    public static ErrorMessage Exists(string name) =>
        new(ErrorKinds.Exists, $"{name}: File exists: an interface of that name is there already");

    public static ErrorMessage LeftAlone(string name) =>
        new(
            ErrorKinds.Exists,
            $"{name}: File exists: a bond of that name is left from an earlier service, and this one cannot run it (its log says why); tandemd --flush removes it while no service runs"
        );

    public static ErrorMessage NotAMember(string member, string bond) => Device(member, $"not a member of {bond}");

    public static ErrorMessage Request(string message) => new(ErrorKinds.Request, message);
}
