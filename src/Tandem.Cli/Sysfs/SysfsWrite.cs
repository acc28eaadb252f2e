using System.Net;
using System.Net.Sockets;
using Tandem.Api;
using Tandem.Api.Texts;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Shim;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Cli.Sysfs;

/// <summary>A write to a file of the driver, in its grammar and with its errors.</summary>
internal sealed class SysfsWrite(CommandContext context, TandemClient client, SysfsPath path)
{
    /// <summary>Carries it out.</summary>
    public Task RunAsync(string value) =>
        path switch
        {
            { Folder: null } => WriteMastersAsync(value),
            { Folder: SysfsPath.OfMember } => throw WriteError.Of(
                path.ToString(),
                WriteError.PermissionDenied,
                "files of members are read only"
            ),
            { File: "slaves" } => WriteMembersAsync(value),
            { File: "queue_id" } => WriteQueueAsync(value),
            { File: "arp_ip_target" } => WriteTargetsAsync(value),
            _ => WriteOptionAsync(value),
        };

    private string Bond => path.Interface!;

    private CommandException Refused(string error, string reason) => WriteError.Of(path.ToString(), error, reason);

    private Task<BondResource> GetBondAsync() => client.GetBondAsync(Bond, context.Cancellation);

    private async Task WriteMastersAsync(string value)
    {
        var (sign, name) = SignedName(value, "+BOND or -BOND");
        try
        {
            var request = new CreateBondRequest { Name = name };
            if (sign == '+')
                await client.CreateBondAsync(ModuleDefaults.Read(context)?.Complete(request) ?? request, context.Cancellation);
            else
                await client.DeleteBondAsync(name, context.Cancellation);
        }
        catch (TandemException e) when (e.Kind is ErrorKinds.Exists or ErrorKinds.NoBond)
        {
            throw Refused(e.Kind == ErrorKinds.Exists ? WriteError.Exists : WriteError.NoSuchDevice, e.Message);
        }
    }

    private async Task WriteMembersAsync(string value)
    {
        var (sign, name) = SignedName(value, "+INTERFACE or -INTERFACE");
        var bond = await GetBondAsync();
        if (sign == '-')
        {
            if (bond.Members.All(member => member.Name != name))
                throw context.HasInterface(name) == false
                    ? Refused(WriteError.NoSuchDevice, $"{name}: there is no interface of that name")
                    : Refused(WriteError.Invalid, $"{name} is not a member of {Bond}; its members: {Names(bond)}");
            await client.RemoveMemberAsync(Bond, name, context.Cancellation);
            return;
        }
        // The service takes an interface from another bond, and lets a member be one; the driver's file does neither.
        var all = await client.GetBondsAsync(context.Cancellation);
        if (all.FirstOrDefault(other => other.Members.Any(member => member.Name == name)) is { } owner)
            throw Refused(WriteError.Busy, $"{name} is a member of {owner.Name}; release it first: -{name}");
        try
        {
            await client.AddMemberAsync(Bond, name, cancellation: context.Cancellation);
        }
        catch (TandemException e) when (e.Kind is "no-device")
        {
            throw Refused(WriteError.NoSuchDevice, e.Message);
        }
        catch (TandemException e) when (e.Kind is "device" or "unavailable")
        {
            var hasMaster = Path.Exists(Path.Combine(context.Interfaces, name, "master"));
            throw Refused(hasMaster ? WriteError.Busy : WriteError.NotPermitted, e.Message);
        }
    }

    // The driver has one error for all that is wrong.
    private async Task WriteQueueAsync(string value)
    {
        const string Form = "accepted: MEMBER:NUMBER";
        if (value.Split(':') is not [var name, var number] || name.Length == 0 || !IsDigits(number))
            throw Refused(WriteError.NotPermitted, $"\"{value}\": no member with a number; {Form}");
        var bond = await GetBondAsync();
        if (bond.Members.All(member => member.Name != name))
            throw Refused(WriteError.NotPermitted, $"{name} is not a member of {Bond}; its members: {Names(bond)}");
        try
        {
            var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["queue_id"] = number };
            await client.ChangeMemberAsync(Bond, name, new ChangeMemberRequest { Options = options }, context.Cancellation);
        }
        catch (TandemException e) when (e.Kind is not ErrorKinds.NoBond and not "unavailable")
        {
            throw Refused(WriteError.NotPermitted, e.Message);
        }
    }

    private async Task WriteTargetsAsync(string value)
    {
        var option = BondOptionTable.Get(OptionScope.Bond, "arp_ip_target");
        if (value is not ['+' or '-', .. var text])
            throw Refused(WriteError.NotPermitted, $"\"{value}\" does not say whether to add or to remove; accepted: +ADDRESS or -ADDRESS");
        if (
            text.Split('.').Length != 4
            || !IPAddress.TryParse(text, out var address)
            || address.AddressFamily != AddressFamily.InterNetwork
        )
            throw Refused(WriteError.NotPermitted, $"\"{text}\" is not an IPv4 address; accepted: +ADDRESS or -ADDRESS");
        var bond = await GetBondAsync();
        var present = OptionText.Of(option, bond.Options[option.JsonName]).Split(',', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (value[0] == '-' && !present.Remove(text))
            throw Refused(WriteError.Invalid, $"{text} is not a target; the targets: {string.Join(", ", present)}");
        if (value[0] == '+')
            present.Add(text);
        await ChangeAsync(option, string.Join(',', present), bond);
    }

    private async Task WriteOptionAsync(string value)
    {
        var bond = await GetBondAsync();
        var files = BondFiles.OfBond(bond).Select(file => file.Key).ToHashSet(StringComparer.Ordinal);
        if (!files.Contains(path.File))
            throw SysfsCommand.NoFile(path, files);
        if (BondOptionTable.Bond.FirstOrDefault(one => !one.IsOwn && (one.Name == path.File || one.Alias == path.File)) is not { } option)
            throw Refused(WriteError.PermissionDenied, "the file is read only");
        if (FileValue.Read(option, value) is not { } text)
            throw Refused(
                WriteError.OfOption(option, bond, "range"),
                OptionError
                    .Of(OptionErrorKind.Range, option, value, "no such value", $"accepted: {option.Accepted}")
                    .Named(option, path.File)
                    .Message
            );
        await ChangeAsync(option, text, bond);
    }

    private async Task ChangeAsync(BondOption option, string text, BondResource bond)
    {
        try
        {
            // By the file's name: a refusal names it.
            var options = new Dictionary<string, string>(StringComparer.Ordinal) { [path.File] = text };
            await client.ChangeBondAsync(Bond, new ChangeBondRequest { Options = options }, context.Cancellation);
        }
        catch (TandemException e) when (IsOfOption(e.Kind))
        {
            throw Refused(WriteError.OfOption(option, bond, e.Kind), e.Message);
        }
    }

    private static bool IsOfOption(string kind) =>
        Array.Exists([.. ErrorKinds.All], entry => entry.Name == kind && entry.Reason is not null);

    private (char Sign, string Name) SignedName(string value, string accepted)
    {
        if (value is not ['+' or '-', .. var name] || InterfaceName.Problem(name) is not null)
            throw Refused(WriteError.NotPermitted, $"\"{value}\" does not say what to add or to remove; accepted: {accepted}");
        return (value[0], name);
    }

    private static string Names(BondResource bond) =>
        bond.Members.Count == 0 ? "none" : string.Join(", ", bond.Members.Select(member => member.Name));

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
