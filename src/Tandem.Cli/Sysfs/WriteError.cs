using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Core.Options;

namespace Tandem.Cli.Sysfs;

/// <summary>The errors with which the driver refuses a write to one of its files, in the words of the C library.</summary>
internal static class WriteError
{
    public const string NotPermitted = "Operation not permitted";
    public const string NoSuchDevice = "No such device";
    public const string PermissionDenied = "Permission denied";
    public const string Busy = "Device or resource busy";
    public const string Exists = "File exists";
    public const string Invalid = "Invalid argument";
    public const string NotEmpty = "Directory not empty";
    public const string NotSupported = "Operation not supported";

    /// <summary>A refusal of a write: the driver's error first, then the reason.</summary>
    public static CommandException Of(string path, string error, string reason) =>
        new(ExitCode.Refused, $"{path}: write error: {error} ({reason})");

    /// <summary>
    /// The driver's error for a refused option. It looks at the mode first, then at the members, at the bond's state, and last at the value.
    /// </summary>
    public static string OfOption(BondOption option, BondResource bond, string kind)
    {
        if (bond.Options["mode"]?.ToString() is { } mode && !option.AppliesTo((BondMode)BondOptions.Known.Mode.Choices.IndexOf(mode)))
            return PermissionDenied;
        if ((option.When & ChangeRule.NoMembers) != 0 && bond.Members.Count > 0)
            return NotEmpty;
        if ((option.When & ChangeRule.BondDown) != 0 && bond.Link.Flags.Contains("UP"))
            return Busy;
        return kind switch
        {
            "mode" => PermissionDenied,
            "has-members" => NotEmpty,
            "bond-up" => Busy,
            "dependency" => NotPermitted,
            "no-device" => NoSuchDevice,
            "unavailable" => NotSupported,
            _ => Invalid,
        };
    }
}
